/** The proxies between this server and others; all undefined for none. */
export interface ProxySettings {
  httpProxy?: string | undefined;
  httpsProxy?: string | undefined;
  /** Hosts that are reached directly, comma-separated. `*` stands for all. */
  noProxy?: string | undefined;
}

/** These hosts are never behind a proxy. */
const LOOPBACK = 'localhost,127.0.0.1,[::1]';

const SECURE_PROTOCOLS = new Set(['https:', 'wss:']);

/**
 * Returns the options of undici's EnvHttpProxyAgent, or null when every host is reached directly. The agent reads the environment
 * itself for an option that is undefined, so an empty one stands for none; it takes `*` for a name when it is not alone.
 */
export function toProxyOptions({
  httpProxy = '',
  httpsProxy = '',
  noProxy = '',
}: ProxySettings): Required<{ [Key in keyof ProxySettings]: string }> | null {
  const isUsed = httpProxy !== '' || httpsProxy !== '';
  if (!isUsed || toEntries(noProxy).includes('*')) return null;
  return { httpProxy, httpsProxy, noProxy: `${noProxy},${LOOPBACK}` };
}

/** Returns the proxy of an address by the rules of undici's EnvHttpProxyAgent; undefined when it is reached directly. */
export function proxyFor({ protocol, hostname, port }: URL, settings: ProxySettings): string | undefined {
  const options = toProxyOptions(settings);
  if (!options) return undefined;
  const isSecure = SECURE_PROTOCOLS.has(protocol);
  const proxy = (isSecure && options.httpsProxy) || options.httpProxy;
  const usedPort = port === '' ? (isSecure ? '443' : '80') : port;
  const isDirect = toEntries(options.noProxy).some((entry) => {
    const [, name = entry, entryPort = usedPort] = /^(.+):(\d+)$/.exec(entry) ?? [];
    const host = name.replace(/^\*?\./, '').toLowerCase();
    return entryPort === usedPort && (hostname === host || hostname.endsWith(`.${host}`));
  });
  return isDirect || proxy === '' ? undefined : proxy;
}

function toEntries(noProxy: string): string[] {
  return noProxy.split(/[,\s]/).filter((entry) => entry !== '');
}
