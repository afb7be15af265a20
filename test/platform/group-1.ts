import { declareGroup } from '@test/support/jest/spec-groups.js';

declareGroup(__filename);
