DROP TRIGGER spaces_remap ON pglocks.spaces;
DROP FUNCTION pglocks.spaces_remap();
DROP TRIGGER spaces_guard ON pglocks.spaces;
DROP FUNCTION pglocks.spaces_guard();
