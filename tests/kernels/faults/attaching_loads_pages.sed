# file: ipc/shm.c
# call: proc
# class: attachments
# wrong: shmat loads the pages of a segment.
/^long do_shmat(/,/^}/ s/flags = MAP_SHARED;/flags = MAP_SHARED | MAP_POPULATE;/
