const INDONESIAN = {};
