import { cutLines } from "../support/fault-cuts";
import { inCloud } from "../support/fault-victim";

inCloud();

// Each step in each direction.
cutLines(10);
