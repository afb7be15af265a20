export { ClusterNodes } from './cluster-nodes.js';
export { nodeIsAliveSql, NodeRepository } from './node.repository.js';
