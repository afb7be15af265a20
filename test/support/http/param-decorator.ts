import type { ExecutionContext } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';

type ParamFactory = (data: unknown, context: ExecutionContext) => unknown;

/** Returns the value that a parameter decorator of a controller injects for this request and response. */
export function readParam(decorator: ParameterDecorator, request: object, response: object = {}): unknown {
  class Controller {
    handle(): void {}
  }
  decorator(Controller.prototype, 'handle', 0);
  const metadata = Reflect.getMetadata(ROUTE_ARGS_METADATA, Controller, 'handle') as Record<
    string,
    { factory: ParamFactory; data: unknown }
  >;
  const [parameter] = Object.values(metadata);
  const http = { getRequest: () => request, getResponse: () => response };
  return parameter?.factory(parameter.data, { switchToHttp: () => http } as ExecutionContext);
}
