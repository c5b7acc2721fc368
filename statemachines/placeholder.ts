/**
 * What stands for a function's ARN until the definition is deployed or run: `DetectFunctionArn` for `detect`. It holds
 * letters and digits alone. Source: the CloudFormation user guide, DefinitionSubstitutions of AWS::StepFunctions::StateMachine
 * @param name the function's name, words joined by dashes
 */
export function placeholderOf(name: string): string {
  const words = name.split("-").map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return `${words.join("")}FunctionArn`;
}
