import { playScenarios } from "./scenario-tests.ts";

playScenarios("second");
