export { ChosenAddressLimiter } from './chosen-address-limiter.js';
export { MailModule } from './mail.module.js';
export { Mailer } from './mailer.js';
export type { EmailMessage } from './email-message.js';
