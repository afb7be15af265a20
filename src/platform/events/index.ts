export { AccessChangeNotifier } from './access-change-notifier.js';
