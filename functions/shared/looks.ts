/** The key of the table of records under which the latest look at each cluster is. Step Functions names no execution so. */
export const LOOKS = "#looks";
