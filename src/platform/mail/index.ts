export { MailModule } from './mail.module.js';
export { Mailer } from './mailer.js';
export type { Letter } from './email-message.js';
