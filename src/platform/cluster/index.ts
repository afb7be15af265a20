export { isAlive } from './node.repository.js';
export { Nodes } from './cluster-nodes.js';
