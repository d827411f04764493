# file: ipc/shm.c
# call: mappings
# class: attachments
# wrong: remap_file_pages of a removed segment takes one that has its index now.
/^static int __shm_open(/,/^}/ s/shp->shm_file != sfd->file/0/
