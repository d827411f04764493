# file: ipc/shm.c
# call: shmctl
# class: edge of a range
# wrong: A removal takes a page too few from the pages of all segments, where the size is no multiple of a page.
/^static void shm_destroy(/,/^}/ s/(shp->shm_segsz + PAGE_SIZE - 1) >> PAGE_SHIFT/shp->shm_segsz >> PAGE_SHIFT/
