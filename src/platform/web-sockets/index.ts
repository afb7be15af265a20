export { routeUpgradeRequests, type WebSocketRouteConfig } from './upgrade-requests.js';
export { MAX_MESSAGE_BYTES, WebSockets } from './web-sockets.js';
