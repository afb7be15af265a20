export { type CachedCredential, CredentialCache, CredentialCacheFactory } from './credential-cache.js';
