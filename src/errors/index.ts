/** Part `errors`: error classes and the catalogue of codes. */

export * from './ftps-error.ts';
export * from './catalogue.ts';
