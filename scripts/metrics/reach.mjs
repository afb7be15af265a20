import ts from 'typescript';

/**
 * The files in which a reader finds the code that a controller method can execute, directly or through other code:
 * the type checker resolves each name to its declaration, and the code of the declaration is read in turn.
 * Types, decorators and imports are not followed.
 */
export function reachableFiles(program, files, methodName) {
  const checker = program.getTypeChecker();
  const sources = new Set(files);
  const seen = new Set();
  const queue = [];
  const enqueue = (declaration) => {
    if (seen.has(declaration) || !sources.has(declaration.getSourceFile())) return;
    seen.add(declaration);
    queue.push(...executedParts(declaration));
  };
  for (const method of controllerMethods(files, methodName)) enqueue(method);
  if (queue.length === 0) throw new Error(`No controller has a method ${methodName}.`);
  while (queue.length > 0) {
    for (const name of identifiersOf(queue.pop()))
      for (const declaration of declarationsOf(checker, name))
        if (isFollowed(declaration)) enqueue(declaration);
  }
  return [...new Set([...seen].map((declaration) => declaration.getSourceFile().fileName))].sort();
}

function controllerMethods(files, methodName) {
  const classes = files.flatMap(({ statements }) => statements.filter(ts.isClassDeclaration));
  const controllers = classes.filter((declaration) =>
    ts.getDecorators(declaration)?.some(({ expression }) => /^Controller\b/.test(expression.getText())),
  );
  return controllers.flatMap(({ members }) =>
    members.filter((member) => ts.isMethodDeclaration(member) && member.name.getText() === methodName),
  );
}

/** Naming a class executes no more of it than its constructor; its methods are named where they are called. */
function executedParts(declaration) {
  if (!ts.isClassDeclaration(declaration)) return [declaration];
  return declaration.members.filter(ts.isConstructorDeclaration).flatMap(({ body }) => body ?? []);
}

function identifiersOf(root) {
  const found = [];
  const visit = (node) => {
    if (ts.isTypeNode(node) || ts.isDecorator(node)) return;
    if (ts.isIdentifier(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return found;
}

function declarationsOf(checker, identifier) {
  const symbol = checker.getSymbolAtLocation(identifier);
  const isAlias = symbol && symbol.flags & ts.SymbolFlags.Alias;
  return (isAlias ? checker.getAliasedSymbol(symbol) : symbol)?.declarations ?? [];
}

/** Not parameters and local variables, which are read where they stand, and nothing that exists for types only. */
function isFollowed(declaration) {
  if (ts.isVariableDeclaration(declaration)) return ts.isSourceFile(declaration.parent.parent.parent);
  return !(
    ts.isParameter(declaration) ||
    ts.isBindingElement(declaration) ||
    ts.isInterfaceDeclaration(declaration) ||
    ts.isTypeAliasDeclaration(declaration) ||
    ts.isPropertySignature(declaration) ||
    ts.isMethodSignature(declaration)
  );
}
