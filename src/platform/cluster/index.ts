export { nodeIsAliveSql } from './node.repository.js';
export { ClusterNodes } from './cluster-nodes.js';
