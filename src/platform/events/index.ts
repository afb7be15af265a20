export { AccessChangeNotifier } from './access-change-notifier.js';
export {
  ORGANIZATION_EVENT_TYPES,
  type OrganizationEvent,
  OrganizationEvents,
  type OrganizationEventType,
} from './organization-events.js';
