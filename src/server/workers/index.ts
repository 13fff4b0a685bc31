/** Several processes for one server; loaded only where they are asked for. */

export { type CrewMember, type WorkerPort } from './crew.ts';
export { type WorkerOptions, WorkerServer } from './worker-server.ts';
export { WorkersServer, type WorkerStaff } from './workers-server.ts';
