import { declareGroup } from '@test/support/jest/declare-group.js';

declareGroup(__filename);
