// Parses large JSON bodies in a worker thread: parsing one takes tens of milliseconds.
import { parentPort } from 'node:worker_threads';
import secureJson from 'secure-json-parse';

parentPort?.on('message', ({ id, text }) => {
  try {
    parentPort?.postMessage({ id, value: secureJson.parse(text) });
  } catch {
    parentPort?.postMessage({ id, malformed: true });
  }
});
