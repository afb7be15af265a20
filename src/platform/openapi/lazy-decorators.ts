import type * as Library from '@nestjs/swagger';

export type Swagger = typeof Library;

type Decorator = ClassDecorator & MethodDecorator & PropertyDecorator;
type AnyDecorator = (...target: never[]) => unknown;

const deferredDecorators: ((swagger: Swagger) => void)[] = [];

/**
 * What the API reference says of a class, a method or a field. It is only noted here, and said once somebody asks
 * for the reference: the library behind it takes a fifth of a start and of the memory of a server that is never asked.
 */
export function deferSwagger(createDecorator: (swagger: Swagger) => AnyDecorator): Decorator {
  return ((...target: never[]) => {
    deferredDecorators.push((swagger) => createDecorator(swagger)(...target));
  }) as Decorator;
}

/** Says everything that was noted. */
export function applySwaggerDecorators(swagger: Swagger): void {
  for (const apply of deferredDecorators.splice(0)) apply(swagger);
}

export function ApiTags(...tags: string[]): ClassDecorator {
  return deferSwagger(({ ApiTags: decorate }) => decorate(...tags));
}

/** The name of a class in the document. */
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
