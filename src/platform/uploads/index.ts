export { type ReceivedFile, TextFile } from './spooled-file.js';
export { UploadedFile, UploadInterceptor } from './upload.interceptor.js';
