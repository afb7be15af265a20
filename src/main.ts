import { runServer } from './platform/run-server.js';
import { createApp } from './app.js';
import { loadConfig } from './platform/config/index.js';

await runServer(loadConfig, createApp);
