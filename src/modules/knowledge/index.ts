export { KnowledgeModule } from './knowledge.module.js';
export { knowledgeErrors } from './knowledge.errors.js';
