"""Starts the emulator, with a few things put right in which it differs from AWS and on which the templates rely.

Conditions may call the functions that values may call. IAM knows the keys that the roles' conditions name, asks for the
right to send one message where ten are sent, and takes a request for all repositories for one on `repository/*`.
"""

import contextvars

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.services import iam
from ministack.services.cloudformation import changesets, engine, handlers, stacks

published_to = contextvars.ContextVar("published_to", default=None)
action_of = iam_actions.extract_iam_action
resource_of = iam_actions.extract_resource_arn
key_of = iam_evaluator._resolve_condition_key


def extract_iam_action(service, method, path, headers, body, *more):
    action = action_of(service, method, path, headers, body, *more)
    # Who may send a message may send ten ("Actions, resources, and condition keys for Amazon SQS").
    if action and action.startswith("sqs:"):
        return action.removesuffix("Batch")
    if action == "cloudwatch:PutMetricData":
        published_to.set(namespace_in(body))
    return action


def extract_resource_arn(service, method, path, headers, body, query_params, region, account_id):
    # Asked for all repositories, ECR asks IAM about `repository/*`.
    if headers.get("x-amz-target", "").endswith(".DescribeRepositories") and b"repositoryNames" not in body:
        return f"arn:aws:ecr:{region}:{account_id}:repository/*"
    return resource_of(service, method, path, headers, body, query_params, region, account_id)


def namespace_in(body):
    """The namespace of PutMetricData, in the two protocols that CloudWatch speaks now: JSON and CBOR."""
    rest = body[body.index(b"Namespace") + len(b"Namespace"):]
    if rest.startswith(b'":"'):
        return rest[3:rest.index(b'"', 3)].decode()
    # RFC 8949, 3.1: a text's length is in its first byte, up to 23, or in the byte after 0x78.
    start, length = (2, rest[1]) if rest[0] == 0x78 else (1, rest[0] - 0x60)
    return rest[start:start + length].decode()


def resolve_condition_key(key, context):
    name = key.lower()
    if name == "cloudwatch:namespace":
        return published_to.get()
    # Of who assumed a role this is the role, with its path, and not the session ("AWS global condition context keys").
    if name == "aws:principalarn" and ":assumed-role/" in context.principal_arn:
        role_name = context.principal_arn.split("/")[1]
        return iam._roles.get_scoped(context.principal_account, None, role_name)["Arn"]
    return key_of(key, context)


def evaluate_conditions(template, parameters):
    expressions = template.get("Conditions", {})

    def value(expression):
        return engine._resolve_refs(expression, {}, parameters, {}, template.get("Mappings", {}), "", "")

    def holds(expression):
        [(name, argument)] = expression.items()
        if name == "Condition":
            return holds(expressions[argument])
        if name == "Fn::Equals":
            return str(value(argument[0])) == str(value(argument[1]))
        results = [holds(one) for one in argument]
        return {"Fn::And": all, "Fn::Or": any, "Fn::Not": lambda only: not only[0]}[name](results)

    return {name: holds(expression) for name, expression in expressions.items()}


iam_actions.extract_iam_action = extract_iam_action
iam_actions.extract_resource_arn = extract_resource_arn
iam_evaluator._resolve_condition_key = resolve_condition_key
for module in (changesets, engine, handlers, stacks):
    # Gone in another version of the emulator: then what is put right here has to be looked at anew.
    assert hasattr(module, "_evaluate_conditions")
    module._evaluate_conditions = evaluate_conditions
app.main()
