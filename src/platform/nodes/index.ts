export { isAlive } from './node.repository.js';
export { Nodes } from './nodes.js';
