/** Filled as the room is furnished. */
export {}
