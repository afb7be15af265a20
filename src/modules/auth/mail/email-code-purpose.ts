/** What a code in an e-mail is for. A code of one purpose is not accepted for another. */
export type EmailCodePurpose = 'login' | 'setup' | 'step_up' | 'disable';
