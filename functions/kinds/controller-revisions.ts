export { templateOfRevision } from "./revisions/controller-revisions.ts";
