import type * as Library from '@nestjs/swagger';

export type Swagger = typeof Library;

type Decorator = ClassDecorator & MethodDecorator & PropertyDecorator;
type Applied = (...target: never[]) => unknown;

const waiting: ((swagger: Swagger) => void)[] = [];

/**
 * What the API reference says of a class, a method or a field. It is only noted here, and said once somebody asks
 * for the reference: the library behind it takes a fifth of a start and of the memory of a server that is never asked.
 */
export function documented(make: (swagger: Swagger) => Applied): Decorator {
  return ((...target: never[]) => {
    waiting.push((swagger) => make(swagger)(...target));
  }) as Decorator;
}

/** Says everything that was noted. */
export function sayAll(swagger: Swagger): void {
  for (const say of waiting.splice(0)) say(swagger);
}

export function ApiTags(...tags: string[]): ClassDecorator {
  return documented(({ ApiTags: decorate }) => decorate(...tags));
}

/** The name of a class in the document. */
export function ApiSchema(options: { name: string }): ClassDecorator {
  return documented(({ ApiSchema: decorate }) => decorate(options));
}

export function ApiExcludeController(): ClassDecorator {
  return documented(({ ApiExcludeController: decorate }) => decorate());
}

export function ApiProperty(options: Library.ApiPropertyOptions): PropertyDecorator {
  return documented(({ ApiProperty: decorate }) => decorate(options));
}

export function ApiExtension(name: `x-${string}`, value: unknown): MethodDecorator {
  return documented(({ ApiExtension: decorate }) => decorate(name, value));
}
