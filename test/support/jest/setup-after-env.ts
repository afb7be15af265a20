import 'reflect-metadata';
import { stopOpenApps } from '../app/open-apps.js';

afterAll(stopOpenApps);
