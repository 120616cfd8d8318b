export { ValueStore, type StoredValue, type ValueWrite } from './value-store.ts';
