export { recordImport, type ImportedStep, type ImportSource } from './import/record-import.ts'
