// Stands between the Serverless command and a mistake: builds the functions before they are packaged, so that no stale
// bundle is deployed, refuses a --param that does not exist, which would otherwise be ignored, and brings the template's
// `Rules` into it, which the framework does not know: what CloudFormation asks of parameters that go together.
'use strict';
const { spawnSync } = require('node:child_process');
const { join } = require('node:path');

// Whatever Node runs the Serverless command, the build script needs the project's own.
const node = join(__dirname, '../node_modules/.bin/node');

module.exports = class ServerlessBuild {
  constructor(serverless, options) {
    const known = Object.keys(serverless.configurationInput.params.default);
    for (const param of options.param ?? []) {
      const name = param.split('=')[0];
      if (known.includes(name)) continue;
      throw new serverless.classes.Error(`No parameter is called "${name}". There are: ${known.join(', ')}`);
    }

    const build = () => {
      const { status } = spawnSync(node, ['scripts/build.ts'], {
        cwd: serverless.serviceDir,
        stdio: 'inherit',
      });
      if (status !== 0)
        throw new serverless.classes.Error('The functions could not be built: see the line above');
    };
    const addRules = () => {
      serverless.service.provider.compiledCloudFormationTemplate.Rules = serverless.service.custom.rules;
    };
    this.hooks = {
      'before:package:createDeploymentArtifacts': build,
      'before:package:function:package': build,
      'before:package:finalize': addRules,
    };
  }
};
