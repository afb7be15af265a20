/** The same as `engines` in package.json. */
export const MINIMUM_NODE_VERSION = '20.19';

/** Returns a message if the version of Node.js is too old for the server. */
export function describeOldNode(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [minimumMajor = 0, minimumMinor = 0] = MINIMUM_NODE_VERSION.split('.').map(Number);
  const isSupported = major > minimumMajor || (major === minimumMajor && minor >= minimumMinor);
  return isSupported
    ? undefined
    : `Xentree Server needs Node.js ${MINIMUM_NODE_VERSION} or newer. This is Node.js ${version}.`;
}
