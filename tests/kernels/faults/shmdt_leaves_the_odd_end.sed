# file: ipc/shm.c
# call: shmdt
# class: edge of a range
# wrong: shmdt leaves the last piece of a split attachment whose size is no multiple of a page.
/^long ksys_shmdt(/,/^}/ s/size = PAGE_ALIGN(size);/;/
