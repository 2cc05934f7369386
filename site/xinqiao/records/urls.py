"""Addresses of files out and away. No address names a child but by the key of its row."""

from django.urls import path

from xinqiao.records.views import certificate, erasing, exporting, index, retention

app_name = "records"
urlpatterns = [
    path("", index.index, name="index"),
    path("children/<int:student_id>/export/", exporting.export, name="export"),
    path("exports/<uuid:run_id>/", exporting.run, name="export_run"),
    path("exports/<uuid:run_id>/download/", exporting.download, name="export_download"),
    path("exports/<uuid:run_id>/drop/", exporting.drop, name="export_drop"),
    path("children/<int:student_id>/erase/", erasing.ask, name="erase"),
    path("erasures/<uuid:erasure_id>/", erasing.erasure, name="erasure"),
    path("erasures/<uuid:erasure_id>/confirm/", erasing.confirm, name="erasure_confirm"),
    path("erasures/<uuid:erasure_id>/return/", erasing.send_back, name="erasure_return"),
    path("erasures/<uuid:erasure_id>/withdraw/", erasing.withdraw, name="erasure_withdraw"),
    path("erasures/<uuid:erasure_id>/certificate/", certificate.pdf, name="certificate"),
    path("erasures/<uuid:erasure_id>/certificate/picture/", certificate.picture, name="certificate_picture"),
    path("children/<int:student_id>/hold/", retention.hold, name="hold"),
    path("holds/<uuid:hold_id>/lift/", retention.lift, name="hold_lift"),
    path("retention/", retention.schedule_page, name="retention"),
    path("retention/<uuid:run_id>/", retention.run, name="retention_run"),
    path("retention/<uuid:run_id>/confirm/", retention.confirm, name="retention_confirm"),
]
