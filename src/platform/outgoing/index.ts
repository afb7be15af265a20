export { type ProxySettings, proxyFor, toProxyOptions } from './proxies.js';
