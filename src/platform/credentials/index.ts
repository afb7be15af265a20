export { growingTo } from './coherent-cache.js';
export { type CachedCredential, CredentialCache, CredentialCacheFactory } from './credential-cache.js';
