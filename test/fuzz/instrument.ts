import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/**
 * Counts which blocks of the functions are reached: every module of `functions/` that is imported after `instrument` adds
 * one to a counter of its own at the start of each function, branch, loop and fallback.
 */
export interface Blocks {
  /** How often each block was reached since it was last set to zero. */
  counters: Uint32Array;
  /** How many blocks there are; the counters beyond are of no block. */
  total: () => number;
  /** Texts and names of fields in the functions. */
  words: () => string[];
}

/** More blocks than all the functions together have. */
const MOST_BLOCKS = 1 << 15;
const GLOBAL = "remediationBlocks";
const FUNCTIONS = new URL("../../functions/", import.meta.url).href;

/** What follows them is reached only sometimes. */
const FALLBACKS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
]);

/** Instruments every module of the functions from now on. Once in a process. */
export function instrument(): Blocks {
  const counters = new Uint32Array(MOST_BLOCKS);
  const words = new Set<string>();
  let total = 0;
  Object.assign(globalThis, { [GLOBAL]: counters });
  registerHooks({
    load: (url, context, nextLoad) => {
      if (!url.startsWith(FUNCTIONS)) return nextLoad(url, context);
      const path = fileURLToPath(url);
      const { outputText } = ts.transpileModule(readFileSync(path, "utf8"), {
        fileName: path,
        compilerOptions: {
          target: ts.ScriptTarget.ESNext,
          module: ts.ModuleKind.ESNext,
          verbatimModuleSyntax: true,
          inlineSourceMap: true,
        },
        transformers: { before: [counting(() => total++, words)] },
      });
      return { format: "module", source: `const __blocks = globalThis.${GLOBAL};${outputText}`, shortCircuit: true };
    },
  });
  return { counters, total: () => total, words: () => [...words] };
}

function counting(next: () => number, words: Set<string>): ts.TransformerFactory<ts.SourceFile> {
  const { factory } = ts;
  const count = () =>
    factory.createPostfixIncrement(factory.createElementAccessExpression(factory.createIdentifier("__blocks"), next()));
  const counted = (expression: ts.Expression) =>
    factory.createParenthesizedExpression(factory.createComma(count(), expression));
  const block = (statements: readonly ts.Statement[]) =>
    factory.createBlock([factory.createExpressionStatement(count()), ...statements], true);
  /** A branch that is a block is counted as such. */
  const branch = (statement: ts.Statement | undefined) =>
    statement !== undefined && ts.isBlock(statement) ? statement : block(statement === undefined ? [] : [statement]);

  const transformed = (node: ts.Node): ts.Node => {
    if (ts.isIfStatement(node)) {
      return factory.updateIfStatement(node, node.expression, branch(node.thenStatement), branch(node.elseStatement));
    }
    if (ts.isConditionalExpression(node)) {
      const { condition, questionToken, whenTrue, colonToken, whenFalse } = node;
      return factory.updateConditionalExpression(
        node,
        condition,
        questionToken,
        counted(whenTrue),
        colonToken,
        counted(whenFalse),
      );
    }
    if (ts.isBinaryExpression(node) && FALLBACKS.has(node.operatorToken.kind)) {
      return factory.updateBinaryExpression(node, node.left, node.operatorToken, counted(node.right));
    }
    if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) {
      const { modifiers, typeParameters, parameters, type, equalsGreaterThanToken, body } = node;
      return factory.updateArrowFunction(
        node,
        modifiers,
        typeParameters,
        parameters,
        type,
        equalsGreaterThanToken,
        counted(body),
      );
    }
    if (ts.isCaseClause(node)) {
      return factory.updateCaseClause(node, node.expression, [
        factory.createExpressionStatement(count()),
        ...node.statements,
      ]);
    }
    // Among them the bodies of functions, loops, `try` and `catch`.
    return ts.isBlock(node) ? factory.updateBlock(node, block(node.statements).statements) : node;
  };

  return (context) => (file) => {
    const visit = (node: ts.Node): ts.Node => {
      if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return node;
      if (ts.isStringLiteral(node)) words.add(node.text);
      if (ts.isPropertyAccessExpression(node)) words.add(node.name.text);
      if (ts.isBindingElement(node) && ts.isIdentifier(node.name)) {
        words.add(
          node.propertyName !== undefined && ts.isIdentifier(node.propertyName)
            ? node.propertyName.text
            : node.name.text,
        );
      }
      return transformed(ts.visitEachChild(node, visit, context));
    };
    return ts.visitEachChild(file, visit, context);
  };
}
