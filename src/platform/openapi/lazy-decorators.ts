import type * as Library from '@nestjs/swagger';
import type { ApiGroup } from './api-groups.js';

export type Swagger = typeof Library;

type Decorator = ClassDecorator & MethodDecorator & PropertyDecorator;
type AnyDecorator = (...target: never[]) => unknown;

const deferredDecorators: ((swagger: Swagger) => void)[] = [];

/**
 * Defers a decorator of @nestjs/swagger until the API reference is requested. Loading the library takes a fifth of the start
 * time and memory of the server, and most servers never serve the reference.
 */
export function deferSwagger(createDecorator: (swagger: Swagger) => AnyDecorator): Decorator {
  return ((...target: never[]) => {
    deferredDecorators.push((swagger) => createDecorator(swagger)(...target));
  }) as Decorator;
}

/** Applies all deferred decorators. */
export function applySwaggerDecorators(swagger: Swagger): void {
  for (const apply of deferredDecorators.splice(0)) apply(swagger);
}

export function ApiTags(...tags: ApiGroup[]): ClassDecorator {
  return deferSwagger(({ ApiTags: decorate }) => decorate(...tags));
}

/** Sets the name of a class in the document. */
export function ApiSchema(options: { name: string }): ClassDecorator {
  return deferSwagger(({ ApiSchema: decorate }) => decorate(options));
}

export function ApiExcludeController(): ClassDecorator {
  return deferSwagger(({ ApiExcludeController: decorate }) => decorate());
}

export function ApiProperty(options: Library.ApiPropertyOptions): PropertyDecorator {
  return deferSwagger(({ ApiProperty: decorate }) => decorate(options));
}

export function ApiExtension(name: `x-${string}`, value: unknown): MethodDecorator {
  return deferSwagger(({ ApiExtension: decorate }) => decorate(name, value));
}
