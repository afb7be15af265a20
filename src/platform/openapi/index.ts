export { ErrorBody } from './error-body.js';
export { ApiExcludeController, ApiProperty, ApiSchema, ApiTags } from './lazy-decorators.js';
export {
  ResponseField,
  ResponseIdField,
  ResponseListField,
  ResponseTimestampField,
} from './response-fields.js';
