import { createApp } from './app.js';
import { loadConfig } from './platform/config/index.js';
import { runServer } from './platform/run-server.js';

await runServer(loadConfig, createApp);
