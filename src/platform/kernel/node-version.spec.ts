import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeOldNode, MINIMUM_NODE_VERSION } from './node-version.js';

describe('the version of Node.js', () => {
  it('is the one in package.json', () => {
    const { engines } = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8')) as {
      engines: { node: string };
    };
    expect(engines.node).toBe(`>=${MINIMUM_NODE_VERSION}`);
  });

  it.each(['18.20.8', '20.18.3', '16.0.0'])('is too old: %s', (version) => {
    expect(describeOldNode(version)).toBe(
      `Xentree Server needs Node.js 20.19 or newer. This is Node.js ${version}.`,
    );
  });

  it.each(['20.19.0', '22.0.0', '24.1.0', process.versions.node])('is supported: %s', (version) => {
    expect(describeOldNode(version)).toBeUndefined();
  });
});
