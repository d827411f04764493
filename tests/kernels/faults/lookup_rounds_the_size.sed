# file: ipc/shm.c
# call: shmget
# class: edge of a range
# wrong: shmget finds a segment for sizes up to the end of its last page.
/^static int shm_more_checks(/,/^}/ s/shp->shm_segsz < params->u.size/PAGE_ALIGN(shp->shm_segsz) < params->u.size/
