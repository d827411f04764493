# file: ipc/shm.c
# call: load/store
# class: edge of a range
# wrong: MADV_REMOVE frees the beginning of the segment instead of the pages that it was asked for.
/^static long shm_fallocate(/,/^}/ s/(file, mode, offset, len)/(file, mode, 0, len)/
