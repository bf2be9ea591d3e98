/** What ECR says when it refuses a call: the API's error names with the messages seen from the real service. */

export class EcrError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** `{imageDigest:'…', imageTag:'null'}`, as ECR's own messages write an image id. */
function imageIdText(id: { imageDigest?: string | undefined; imageTag?: string | undefined }): string {
  return `{imageDigest:'${id.imageDigest ?? 'null'}', imageTag:'${id.imageTag ?? 'null'}'}`;
}

export function invalidParameter(name: string, constraint: string): EcrError {
  return new EcrError(
    'InvalidParameterException',
    `Invalid parameter at '${name}' failed to satisfy constraint: '${constraint}'`,
  );
}

export function repositoryNotFound(repository: string, account: string): EcrError {
  return new EcrError(
    'RepositoryNotFoundException',
    `The repository with name '${repository}' does not exist in the registry with id '${account}'`,
  );
}

export function imageNotFound(
  id: { imageDigest?: string | undefined; imageTag?: string | undefined },
  repository: string,
  account: string,
): EcrError {
  return new EcrError(
    'ImageNotFoundException',
    `The image with imageId ${imageIdText(id)} does not exist within the repository with name '${repository}' in the registry with id '${account}'`,
  );
}

/** The same refusal without a hint which id it was, for callers that must not rely on the hint. */
export function someImageNotFound(repository: string): EcrError {
  return new EcrError(
    'ImageNotFoundException',
    `The image requested does not exist in the specified repository '${repository}'`,
  );
}

export function throttled(): EcrError {
  return new EcrError('ThrottlingException', 'Rate exceeded');
}

export function accessDenied(account: string, operation: string): EcrError {
  return new EcrError(
    'AccessDeniedException',
    `User: arn:aws:iam::${account}:user/local is not authorized to perform: ecr:${operation} because no identity-based policy allows the ecr:${operation} action`,
  );
}

export function serverFault(): EcrError {
  return new EcrError('ServerException', 'The service has encountered an internal error. Please try again.');
}
