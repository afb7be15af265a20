import 'reflect-metadata';
import { stopOpenApps } from '../app/open-apps.js';

// Some promises are bounds of real time, which other work on the machine can exceed. In CI a test that fails is repeated, and
// its first error is printed; a fault fails it each time.
if (process.env.CI) jest.retryTimes(2, { logErrorsBeforeRetry: true });

afterAll(stopOpenApps);
