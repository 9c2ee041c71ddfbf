export * from "./software.ts";
