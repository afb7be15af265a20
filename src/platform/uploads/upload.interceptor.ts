import {
  type CallHandler,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { lastValueFrom, type Observable, of } from 'rxjs';
import { FairQueue } from '../concurrency/index.js';
import { Config } from '../config/index.js';
import { requestContext } from '../context/request-context.js';
import { invalidField } from '../errors/index.js';
import { getOperationOptions, type UploadOptions } from '../openapi/operation-options.js';
import { FormReader, type UploadForm } from './form-reader.js';
import type { ReceivedFile } from './spooled-file.js';

type UploadRequest = FastifyRequest & { uploadedFile?: ReceivedFile };

/** Bounds the temporary files, and how many of them one caller has. */
const UPLOAD_SHARES = {
  name: 'uploads',
  concurrency: 32,
  concurrencyPerCaller: 4,
  maxWaiting: 200,
  maxWaitingPerCaller: 20,
  retryAfter: 5,
};

/**
 * Reads the form of an operation with `upload` before the handler runs. The body becomes the fields and, as `file`, the facts of
 * the file: idempotency compares them. JSON bodies pass.
 */
@Injectable()
export class UploadInterceptor implements NestInterceptor {
  private readonly queue = new FairQueue(UPLOAD_SHARES);

  constructor(private readonly config: Config) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<UploadRequest>();
    const options = getOperationOptions(context.getHandler())?.upload;
    if (!options || !request.isMultipart()) {
      refuseFile(request.body);
      return next.handle();
    }
    return of(await this.queue.run(requestContext.caller, () => this.receive(request, options, next)));
  }

  private async receive(request: UploadRequest, options: UploadOptions, next: CallHandler): Promise<unknown> {
    const form = await new FormReader(options, this.config.rag.maxFileBytes).read(request);
    try {
      request.body = toBody(form);
      request.uploadedFile = form.file ?? undefined;
      return await lastValueFrom(next.handle());
    } finally {
      await form.file?.close();
    }
  }
}

/** Injects the file of the form; undefined when the body is JSON, or has no file. */
export const UploadedFile = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<UploadRequest>().uploadedFile,
);

function toBody({ fields, file }: UploadForm): object {
  if (!file) return fields;
  const { filename, size, sha256 } = file;
  return { ...fields, file: { filename, size, sha256 } };
}

function refuseFile(body: unknown): void {
  if (typeof body === 'object' && body !== null && 'file' in body)
    throw invalidField('file', 'multipart', 'must be sent as multipart/form-data');
}
